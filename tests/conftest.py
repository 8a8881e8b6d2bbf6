"""What holds for every test: no screen is needed."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"
