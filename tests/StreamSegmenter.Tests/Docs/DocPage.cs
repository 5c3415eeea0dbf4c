using System.Text.RegularExpressions;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Docs;

/// <summary>A fenced block of a page.</summary>
/// <param name="Info">What stands behind the opening fence, such as <c>yaml config</c>.</param>
/// <param name="Line">Of the opening fence, from 1.</param>
internal sealed record DocBlock(string Info, string Text, int Line);

/// <summary>A link or a path, as a page writes it.</summary>
internal sealed record DocTarget(string Target, int Line);

/// <summary>One Markdown page of the repository.</summary>
internal sealed partial class DocPage
{
    private readonly string _folder;
    private readonly List<string> _prose = [];

    private DocPage(string path)
    {
        Name = Path.GetRelativePath(RepositoryFiles.Root, path);
        _folder = Path.GetDirectoryName(path)!;
        Read(File.ReadAllLines(path));
    }

    public static IReadOnlyList<DocPage> All { get; } = ReadAll();

    public string Name { get; }

    public List<DocBlock> Blocks { get; } = [];

    /// <summary>Targets of links, those to other sites left out.</summary>
    public IEnumerable<DocTarget> Links => Matches(Link()).Where(link => !link.Target.Contains("://", StringComparison.Ordinal));

    /// <summary>Files and folders of the repository that stand in the prose as code: <c>src/…</c>, <c>docs/…</c>.</summary>
    public IEnumerable<DocTarget> Paths => Matches(RepositoryPath());

    public bool Reaches(string target)
    {
        var (file, _) = Split(target);
        return file.Length == 0 || Path.Exists(Path.Combine(_folder, file));
    }

    /// <summary>Whether the heading that a link's fragment means is there; true without a fragment.</summary>
    public bool HasHeading(string target)
    {
        var (file, fragment) = Split(target);
        return fragment.Length == 0 || File.ReadAllLines(file.Length == 0
                ? RepositoryFiles.PathOf(Name)
                : Path.Combine(_folder, file))
            .Where(line => line.StartsWith('#')).Select(Anchor).Contains(fragment);
    }

    private static (string File, string Fragment) Split(string target)
    {
        var at = target.IndexOf('#', StringComparison.Ordinal);
        return at < 0 ? (target, "") : (target[..at], target[(at + 1)..]);
    }

    // As GitHub makes them: lower case, blanks to hyphens, everything else but letters, digits and hyphens away.
    private static string Anchor(string heading) =>
        NotInAnchor().Replace(heading.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-'), "");

    private static List<DocPage> ReadAll()
    {
        string[] folders = ["docs", "docker", "perf"];
        var nested = folders.SelectMany(folder =>
            Directory.GetFiles(RepositoryFiles.PathOf(folder), "*.md", SearchOption.AllDirectories));
        return [.. Directory.GetFiles(RepositoryFiles.Root, "*.md").Concat(nested)
            .Order(StringComparer.Ordinal).Select(path => new DocPage(path))];
    }

    private IEnumerable<DocTarget> Matches(Regex pattern) => _prose.SelectMany((line, index) =>
        pattern.Matches(line).Select(match => new DocTarget(match.Groups["target"].Value, index + 1)));

    private void Read(string[] lines)
    {
        int? opened = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var isFence = lines[i].StartsWith("```", StringComparison.Ordinal);
            _prose.Add(isFence || opened is not null ? "" : lines[i]);
            if (isFence && opened is { } start)
            {
                Blocks.Add(new DocBlock(lines[start][3..].Trim(), string.Join('\n', lines[(start + 1)..i]), start + 1));
                opened = null;
            }
            else if (isFence)
            {
                opened = i;
            }
        }
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    // Globs and generic folders are no paths.
    [GeneratedRegex(@"`(?<target>(src|tests|docs|schemas|samples|perf|docker|eng|\.ci)/[\w./-]*\w/?)`")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"[^\p{L}\p{Nd}_-]")]
    private static partial Regex NotInAnchor();
}
