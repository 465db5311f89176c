# Tests that drive the built program: one ctest entry a script.
