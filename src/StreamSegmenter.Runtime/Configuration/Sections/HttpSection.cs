using StreamSegmenter.Runtime.Configuration.Nodes;
using StreamSegmenter.Runtime.Configuration.Shapes;

namespace StreamSegmenter.Runtime.Configuration.Sections;

/// <summary>Reads the section <c>http</c>.</summary>
internal static class HttpSection
{
    private const int TokenLengthMin = 16;

    public static HttpConfiguration Read(SectionReader root, LoadContext context)
    {
        var section = root.Section("http");
        var listen = section.Text("listen");
        if (listen == ListenAddress.Off)
        {
            return new HttpConfiguration(null);
        }

        var tls = ReadTls(section, context);
        var (address, error) = ListenAddress.Parse(listen, section.Boolean("allowInsecure") || tls is not null);
        if (error is not null)
        {
            context.Problems.Add(section.PlaceOf("listen"), error);
        }

        return new HttpConfiguration(address)
        {
            Tokens = ReadTokens(section, context.Problems),
            Tls = tls,
            HasOpenMetrics = section.Boolean("openMetrics"),
            Advertised = section.TextOrNull("advertise") is { } advertised ? new Uri(advertised) : null,
        };
    }

    private static TlsFiles? ReadTls(SectionReader http, LoadContext context)
    {
        if (!http.Has("tls"))
        {
            return null;
        }

        var tls = http.Section("tls");
        foreach (var key in (string[])["certificate", "key"])
        {
            if (tls.TextOrNull(key) is { } file && context.Use == ConfigurationUse.Run && !File.Exists(context.Resolve(new PlacedText(file, tls.PlaceOf(key)))))
            {
                context.Problems.Add(tls.PlaceOf(key), $"'{key}': there is no file '{file}'");
            }
        }

        return new TlsFiles(
            context.Resolve(new PlacedText(tls.Text("certificate"), tls.PlaceOf("certificate"))), context.Resolve(new PlacedText(tls.Text("key"), tls.PlaceOf("key"))));
    }

    private static List<AccessToken> ReadTokens(SectionReader section, Problems problems)
    {
        var tokens = new List<AccessToken>();
        foreach (var item in section.Sections("tokens"))
        {
            var token = new AccessToken(item.Text("name"), item.ChoiceOrNull<AccessRole>("role") ?? AccessRole.Metrics, item.Text("token"));
            if (token.Token is { Length: > 0 and < TokenLengthMin })
            {
                problems.Add(item.PlaceOf("token"), $"'token' expects at least {TokenLengthMin} characters: a shorter one can be guessed");
            }

            if (tokens.Exists(known => known.Name == token.Name))
            {
                problems.Add(item.PlaceOf("name"), $"the name '{token.Name}' is here twice: the audit log could not tell them apart");
            }

            // Which role would hold? Not shown: it is a secret.
            if (tokens.Exists(known => known.Token == token.Token))
            {
                problems.Add(item.PlaceOf("token"), $"'{token.Name}' has the same token as another entry: each needs its own");
            }

            tokens.Add(token);
        }

        return tokens;
    }
}
