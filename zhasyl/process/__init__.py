"""What the machine and the shell give a process: memory, room, signals, standard output."""
