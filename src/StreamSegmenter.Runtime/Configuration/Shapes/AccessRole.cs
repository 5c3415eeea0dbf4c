namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>What a token opens; each role may also do what those before it may.</summary>
internal enum AccessRole
{
    /// <summary>The telemetry, which names no customer.</summary>
    Metrics,

    /// <summary>The console and the API.</summary>
    Read,

    /// <summary>Planning and publishing definitions.</summary>
    Admin,
}
