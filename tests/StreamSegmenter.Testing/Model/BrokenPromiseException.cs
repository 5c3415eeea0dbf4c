namespace StreamSegmenter.Testing.Model;

/// <summary>The engine did what it promises never to do.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
