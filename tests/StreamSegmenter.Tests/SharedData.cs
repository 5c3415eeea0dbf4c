namespace StreamSegmenter.Tests;

/// <summary>Finds the real data that stands beside the project, in a folder <c>shared/data</c> of some ancestor.
/// <c>[RealDataFact]</c> skips a test where it is missing.</summary>
public static class SharedData
{
    public static string? Root { get; } = Find();

    public static string PathOf(string relative) =>
        Path.Combine(Root ?? throw new InvalidOperationException("Use [RealDataFact]."), relative);

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

/// <summary>A test that needs the real data; skipped with a clear message where it is not there.</summary>
public sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (SharedData.Root is null)
        {
            Skip = "needs the real data in shared/data beside the project, which is not there";
        }
    }
}

/// <summary>The same for a theory.</summary>
public sealed class RealDataTheoryAttribute : TheoryAttribute
{
    public RealDataTheoryAttribute()
    {
        if (SharedData.Root is null)
        {
            Skip = "needs the real data in shared/data beside the project, which is not there";
        }
    }
}
