using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <param name="Listen">Null: no HTTP.</param>
internal sealed record HttpConfiguration(ListenAddress? Listen)
{
    /// <summary>Empty: nothing is asked for, and the API and the console are for this machine only.</summary>
    public IReadOnlyList<AccessToken> Tokens { get; init; } = [];

    /// <summary>Where other instances reach this one; null: where it listens.</summary>
    public Uri? Advertised { get; init; }

    /// <summary>Null: no TLS.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>The telemetry needs no token.</summary>
    public bool HasOpenMetrics { get; init; }
}
