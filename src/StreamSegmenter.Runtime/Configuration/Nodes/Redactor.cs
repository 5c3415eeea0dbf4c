namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Takes secrets out of whatever is shown: each value that came from <c>${…}</c>, and is none of <see cref="PublicReferences"/>, becomes
/// the text of the file.</summary>
internal sealed class Redactor
{
    /// <summary>Shorter values are no secrets, and replacing a "1" wherever it occurs would make a text unreadable.</summary>
    private const int SecretLengthMin = 4;

    private static readonly string[] SecretWords = ["password", "secret", "token", "jaas", "pem", "credential", "passphrase"];

    private readonly (string Secret, string Written)[] _secrets;

    public Redactor(IReadOnlyDictionary<string, string> writtenBySecret) =>
        _secrets = [.. writtenBySecret.Where(s => s.Key.Length >= SecretLengthMin)
            .OrderByDescending(s => s.Key.Length).Select(s => (s.Key, s.Value))];

    public static Redactor None { get; } = new(new Dictionary<string, string>());

    /// <summary>Whether a setting of that name holds a secret by its nature, <c>sasl.password</c>.</summary>
    public static bool IsSecretName(string name) =>
        SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    public string Redact(string text)
    {
        foreach (var (secret, written) in _secrets)
        {
            text = text.Replace(secret, written, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>A setting's value as it may be shown.</summary>
    public string Redact(string name, string value)
    {
        var shown = Redact(value);
        return IsSecretName(name) && shown == value ? "***" : shown;
    }
}
