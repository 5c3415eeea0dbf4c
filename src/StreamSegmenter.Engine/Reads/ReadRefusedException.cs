namespace StreamSegmenter.Engine.Reads;

/// <summary>There is no right answer now; soon there will be one.</summary>
internal sealed class ReadRefusedException(string reason) : Exception(reason);
