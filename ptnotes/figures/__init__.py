"""What a chart or the spine shows, as plain shapes that the screen and the paper paint alike."""
