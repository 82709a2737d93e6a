enum FaultTestsPlaceholder {}
