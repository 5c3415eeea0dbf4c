using System.Net.Http.Headers;
using Confluent.SchemaRegistry;
using Names = Confluent.SchemaRegistry.SchemaRegistryConfig.PropertyNames;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>Where a Confluent-compatible schema registry is, and how the engine identifies itself to it.</summary>
/// <param name="Urls">Base addresses of one registry, separated by commas: the next is tried when one does not answer.</param>
internal sealed record RegistryOptions(string Urls)
{
    /// <summary>A request to each of so many addresses still fits into one wait.</summary>
    public const int UrlsMax = 5;

    /// <summary>User or API key of basic authentication; null for none.</summary>
    public string? User { get; init; }

    /// <summary>Password or API secret. Never logged.</summary>
    public string? Password { get; init; }

    /// <summary>Bearer token; null for none. Never logged.</summary>
    public string? Token { get; init; }

    /// <summary>Further properties of Confluent's client, such as <c>schema.registry.ssl.keystore.location</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a look-up or a registration may take, references and all addresses included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer "not found" is believed: the schema may be registered a moment after its first
    /// record.</summary>
    public TimeSpan NotFoundFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the registry is left alone after a failure: a lane that retries must not wait for a time-out at
    /// each poll.</summary>
    public TimeSpan UnavailableFor { get; init; } = TimeSpan.FromSeconds(1);

    // The generated text would hold the secrets.
    public override string ToString() => $"{Urls} (user {User ?? "none"})";

    /// <exception cref="ArgumentException">Properties that contradict each other, or a file of theirs that cannot be used; the message
    /// says which.</exception>
    internal ISchemaRegistryClient NewClient()
    {
        var addresses = Urls.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var properties = new Dictionary<string, string>(Properties)
        {
            [Names.SchemaRegistryUrl] = string.Join(',', addresses),
            [Names.SchemaRegistryRequestTimeoutMs] = $"{(int)(Timeout.TotalMilliseconds / addresses.Length)}",
            // One attempt at each address: a later look-up tries again, without blocking a lane meanwhile.
            [Names.SchemaRegistryMaxRetries] = "1",
            [Names.SchemaRegistryRetriesWaitMs] = "0",
        };
        try
        {
            return new CachedSchemaRegistryClient(properties, Credentials());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new ArgumentException($"a file that 'properties' name cannot be used: {e.Message}", e);
        }
    }

    private IAuthenticationHeaderValueProvider? Credentials() =>
        Token is not null ? new BearerToken(Token) : User is null ? null : new BasicAuthenticationHeaderValueProvider(User, Password ?? "");

    // Confluent's own provider of a fixed token demands the name of a cluster in Confluent's cloud.
    private sealed class BearerToken(string token) : IAuthenticationHeaderValueProvider
    {
        public AuthenticationHeaderValue GetAuthenticationHeader() => new("Bearer", token);
    }
}
