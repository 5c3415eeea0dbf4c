namespace StreamSegmenter.Testing;

/// <summary>The real data beside the project: a folder <c>shared/data</c> of some ancestor. A test that needs a file of it is skipped,
/// with a clear message, where there is none.</summary>
internal static class SharedData
{
    public static string? Root { get; } = Find();

    /// <summary>The path of a file; skips the running test where there is no data.</summary>
    public static string PathOf(string relative)
    {
        Require();
        return Path.Combine(Root!, relative);
    }

    /// <summary>Skips the running test where there is no data.</summary>
    public static void Require() =>
        Assert.SkipWhen(Root is null, "needs the real data in shared/data beside the project, which is not there");

    private static string? Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", "data");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
