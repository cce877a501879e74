"""Every way in: doors are thin, and decide nothing."""
