using System.Reflection;
using StreamSegmenter.Definitions;
using Names = Confluent.SchemaRegistry.SchemaRegistryConfig.PropertyNames;

namespace StreamSegmenter.Connectors.Codecs.Avro.Framing;

/// <summary>Which properties of Confluent's registry client a user may set.</summary>
internal static class RegistryProperties
{
    // Each with what to do instead, in the configuration's words.
    private static readonly Dictionary<string, string> Reserved = new(StringComparer.Ordinal)
    {
        [Names.SchemaRegistryUrl] = "set schemas.registry",
        [Names.SchemaRegistryBasicAuthUserInfo] = "set schemas.user and schemas.password",
        [Names.SchemaRegistryBasicAuthCredentialsSource] = "set schemas.user and schemas.password",
        // The client looks for the authority among the certificates that the server sends, which usually leave it out; where they do not, it
        // accepts them whatever else is wrong with them, the host's name included.
        [Names.SslCaLocation] = "the client does not verify the host's name with it; add the authority to the system's trust store, or name "
            + "a file with the trusted authorities in the environment variable SSL_CERT_FILE",
        [Names.SchemaRegistryRequestTimeoutMs] = "a look-up takes at most 5 s, because a lane waits for it",
        [Names.SchemaRegistryMaxRetries] = "the lane that needs a schema retries",
        [Names.SchemaRegistryRetriesWaitMs] = "the lane that needs a schema retries",
        [Names.SchemaRegistryRetriesMaxWaitMs] = "the lane that needs a schema retries",
    };

    private static readonly string[] Known =
    [
        .. typeof(Names).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!),
    ];

    /// <returns>Why it cannot be set and the nearest remedy; null: it can.</returns>
    public static string? Problem(string name) => Reserved.TryGetValue(name, out var instead)
        ? $"'{name}' cannot be set here: {instead}"
        : Known.Contains(name, StringComparer.Ordinal)
            ? null
            : $"the registry client knows no property '{name}'.{NearestName.Hint(name, Known)}".TrimEnd('.');
}
