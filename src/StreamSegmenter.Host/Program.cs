using StreamSegmenter.Host;
using StreamSegmenter.Host.Commands;

// The one place that wires the real clock: everything below takes the TimeProvider that it is given.
#pragma warning disable RS0030
var clock = TimeProvider.System;
#pragma warning restore RS0030

using var signals = new StopSignals(clock, Environment.Exit);
return await CommandLineProgram.RunAsync(args, Terminal.OfProcess(clock), signals.Stopping);
