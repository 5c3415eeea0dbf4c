using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>The repository that these tests run in, read from disk: its root is the nearest ancestor with StreamSegmenter.sln.</summary>
internal static class RepositoryTree
{
    private static readonly CSharpParseOptions ParseOptions = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);

    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file below <paramref name="folder"/> (relative to the root) that a person wrote.</summary>
    public static IEnumerable<SourceFile> SourceFiles(string folder) =>
        FilesBelow(folder, "*.cs").Select(path => Parse(path, File.ReadAllText(Path.Combine(Root, path))));

    /// <summary>Paths relative to the root, with forward slashes, build output left out; empty when the folder is not there.</summary>
    public static IEnumerable<string> FilesBelow(string folder, string pattern)
    {
        string absolute = Path.Combine(Root, folder);
        return !Directory.Exists(absolute)
            ? []
            : Directory.EnumerateFiles(absolute, pattern, SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
                .Order(StringComparer.Ordinal);
    }

    public static SourceFile Parse(string path, string text) => new(path, CSharpSyntaxTree.ParseText(text, ParseOptions, path));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StreamSegmenter.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No ancestor of {AppContext.BaseDirectory} holds StreamSegmenter.sln.");
    }
}

/// <summary>One C# file: its path relative to the root, and its syntax.</summary>
internal sealed record SourceFile(string Path, SyntaxTree Tree)
{
    public SyntaxNode Syntax => Tree.GetRoot();

    /// <summary>Lines as an editor counts them: a final line break does not start another one.</summary>
    public int LineCount
    {
        get
        {
            Microsoft.CodeAnalysis.Text.TextLineCollection lines = Tree.GetText().Lines;
            return lines[^1].Span.IsEmpty ? lines.Count - 1 : lines.Count;
        }
    }
}
