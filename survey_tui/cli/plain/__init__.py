"""Line-by-line interview, for screen readers, terminals that cannot draw, and scripts."""
