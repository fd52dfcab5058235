"""What a fixed-time plan may vary: the choices at each signal, limits, candidates as arrays, their encoding."""
