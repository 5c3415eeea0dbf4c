namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>Where and as whom a Confluent-compatible schema registry is asked.</summary>
/// <param name="Url">Base address; a path in it is kept.</param>
/// <param name="User">User or API key of basic authentication; null for none.</param>
/// <param name="Password">Password or API secret. Never logged.</param>
public sealed record RegistryOptions(Uri Url, string? User = null, string? Password = null)
{
    /// <summary>How long an answer "not found" is believed: the schema may be registered a moment after its first
    /// record.</summary>
    public TimeSpan NotFoundFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the registry is left alone after a failure: a lane that retries must not wait for a time-out at
    /// each poll.</summary>
    public TimeSpan UnavailableFor { get; init; } = TimeSpan.FromSeconds(1);

    // The generated text would hold the password.
    public override string ToString() => $"{Url} (user {User ?? "none"})";
}
