"""The parts of gpu.py: what is measured on a GPU, beside which peers, and how."""
