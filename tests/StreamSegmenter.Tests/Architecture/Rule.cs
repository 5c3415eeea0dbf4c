namespace StreamSegmenter.Tests.Architecture;

internal static class Rule
{
    /// <summary>Fails with every breach on a line of its own, at full length.</summary>
    public static void Holds(IEnumerable<string> breaches)
    {
        string text = string.Join('\n', breaches);
        if (text.Length > 0)
        {
            Assert.Fail(text);
        }
    }
}
