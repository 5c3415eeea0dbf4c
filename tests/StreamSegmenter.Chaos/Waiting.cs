namespace StreamSegmenter.Chaos;

/// <summary>Waiting for what another process or thread brings about, by asking again and again.</summary>
internal static class Waiting
{
    /// <returns>False: it was not so within that time.</returns>
    public static bool Until(Func<bool> done, TimeSpan patience, int pauseMs = 50)
    {
        for (var until = Environment.TickCount64 + (long)patience.TotalMilliseconds; !done(); Thread.Sleep(pauseMs))
        {
            if (Environment.TickCount64 >= until)
            {
                return false;
            }
        }

        return true;
    }
}
