"""Signing in: guesses counted, sessions ended, devices shared by a shift, what several processes must know at once."""
