"""The runtime: intake, claims, turns, the door out. It knows the store and the channels by their ports alone."""
