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

    /// <summary>The same for an answer that itself takes time to come.</summary>
    /// <param name="ask">What was found, null for not yet, and what stands in the failure.</param>
    public static async Task<T> ForAsync<T>(Func<Task<(T? Found, string Said)>> ask, TimeSpan patience)
        where T : class
    {
        for (var until = Environment.TickCount64 + (long)patience.TotalMilliseconds; ; await Task.Delay(100))
        {
            var (found, said) = await ask();
            if (found is not null)
            {
                return found;
            }

            Assert.True(Environment.TickCount64 < until, $"not so after {patience.TotalSeconds:0} s; {said}");
        }
    }
}
