using StreamSegmenter.Host.Commands;

return await CommandLineProgram.RunAsync(args, Terminal.OfProcess());
