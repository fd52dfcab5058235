"""The fast model: cyclic flow profiles and queues of all signals, thousands of plans a second."""
