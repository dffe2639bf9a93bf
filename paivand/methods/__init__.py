"""Pure numeric and textual methods: no Django, no input or output. Each states its guarantees and its source."""
