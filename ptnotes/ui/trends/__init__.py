"""The overview of an episode: trends, what changed since the first visit, what was done, how far the goals are."""
