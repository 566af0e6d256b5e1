// Holds the precompiled header that every MLIR target reuses.
