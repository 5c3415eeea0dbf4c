namespace StreamSegmenter.Connectors.Files;

/// <summary>An input file that cannot be opened or read on. The message names the file, the place and the nearest remedy.</summary>
internal sealed class InputFileException(string message, Exception? inner = null) : IOException(message, inner);
