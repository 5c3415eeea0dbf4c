namespace StreamSegmenter.Integration;

/// <summary>A test that only a real broker can answer.</summary>
internal sealed class RealBrokerFactAttribute : FactAttribute
{
    public RealBrokerFactAttribute() => Skip = Reason;

    /// <summary>Null: there is one.</summary>
    public static string? Reason => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TestBroker.Variable))
        ? $"Needs a real broker: set {TestBroker.Variable}=host:port."
        : null;
}

/// <summary>The same with several data.</summary>
internal sealed class RealBrokerTheoryAttribute : TheoryAttribute
{
    public RealBrokerTheoryAttribute() => Skip = RealBrokerFactAttribute.Reason;
}

/// <summary>A test that steers the embedded broker.</summary>
internal sealed class EmbeddedBrokerFactAttribute : FactAttribute
{
    public EmbeddedBrokerFactAttribute()
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TestBroker.Variable)))
        {
            Skip = $"Steers the embedded broker: unset {TestBroker.Variable}.";
        }
    }
}
