using StreamSegmenter.Chaos;

namespace StreamSegmenter.Integration;

/// <summary>Asks again and again until it is so; a test that waits in vain fails and says what it knows.</summary>
internal static class Wait
{
    /// <summary>What the engine said stands in the failure.</summary>
    public static void Until(Func<bool> done, TimeSpan patience, EngineProcess engine) => Until(
        done, patience, () => $"it is '{engine.Readiness()}' and said: {engine.Said}");

    /// <param name="said">Asked when it was in vain.</param>
    public static void Until(Func<bool> done, TimeSpan patience, Func<string> said)
    {
        if (!Waiting.Until(done, patience))
        {
            Assert.Fail($"not so after {patience.TotalSeconds:0} s; {said()}");
        }
    }
}
