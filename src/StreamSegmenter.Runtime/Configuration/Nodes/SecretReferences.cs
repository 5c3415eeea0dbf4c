using System.Text;

namespace StreamSegmenter.Runtime.Configuration.Nodes;

/// <summary>Replaces <c>${NAME}</c> by an environment variable and <c>${file:PATH}</c> by a file's content (without the
/// line end behind it) and <c>${hostname}</c> by the machine's name, which shells and systemd do not export, so that no secret is written into a configuration file; <c>$${</c> is a literal <c>${</c>.
/// Remembers what it put in, so that nothing of it is ever shown.</summary>
internal sealed class SecretReferences(Func<string, string?> environment, string baseFolder)
{
    private const string HostName = "hostname";
    private const int FileBytesMax = 64 * 1024;

    /// <summary>Refuses every reference, and looks nothing up: for a text that came from elsewhere.</summary>
    public static SecretReferences Refused { get; } = new(_ => null, "") { AreRefused = true };

    private bool AreRefused { get; init; }

    /// <summary>What was put in, and how it was written.</summary>
    public Dictionary<string, string> Resolved { get; } = new(StringComparer.Ordinal);

    /// <summary>The text with its references replaced; null when one cannot be, which <paramref name="problems"/> then
    /// tells.</summary>
    public string? Resolve(string written, SourceLocation place, Problems problems)
    {
        if (!written.Contains("${", StringComparison.Ordinal))
        {
            return written;
        }

        var text = new StringBuilder(written.Length);
        for (var i = 0; i < written.Length;)
        {
            if (written.AsSpan(i).StartsWith("$${"))
            {
                text.Append("${");
                i += 3;
            }
            else if (written.AsSpan(i).StartsWith("${"))
            {
                var end = written.IndexOf('}', i);
                if (end < 0)
                {
                    problems.Add(place, $"'{written[i..]}' is not closed by '}}'; write '$${{' for a literal '${{'");
                    return null;
                }

                if (Look(written[i..(end + 1)], place, problems) is not { } value)
                {
                    return null;
                }

                text.Append(value);
                i = end + 1;
            }
            else
            {
                text.Append(written[i++]);
            }
        }

        return text.ToString();
    }

    private string? Look(string reference, SourceLocation place, Problems problems)
    {
        if (AreRefused)
        {
            problems.Add(place, $"'{reference}' takes a value from one machine, and others may have another: write the value itself");
            return null;
        }

        var name = reference[2..^1].Trim();
        if (name == HostName)
        {
            return Environment.MachineName;
        }

        var value = name.StartsWith("file:", StringComparison.Ordinal)
            ? FromFile(name["file:".Length..], place, problems)
            : environment(name);
        if (value is null)
        {
            if (!name.StartsWith("file:", StringComparison.Ordinal))
            {
                var hint = name.Equals(HostName, StringComparison.OrdinalIgnoreCase) ? "; ${hostname} is the machine's name without one" : "";
                problems.Add(place, $"the environment variable '{name}' is not set{hint}");
            }

            return null;
        }

        if (value.Length > 0)
        {
            Resolved[value] = reference;
        }

        return value;
    }

    private string? FromFile(string path, SourceLocation place, Problems problems)
    {
        try
        {
            var file = new FileInfo(Path.Combine(baseFolder, path));
            if (file.Length > FileBytesMax)
            {
                problems.Add(place, $"the secret's file '{path}' is larger than {FileBytesMax} bytes");
                return null;
            }

            return File.ReadAllText(file.FullName).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(place, $"there is no file '{path}' to take the secret from");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add(place, $"the secret's file '{path}' cannot be read: {e.Message}");
            return null;
        }
    }
}
