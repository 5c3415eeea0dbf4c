using System.Diagnostics;

namespace StreamSegmenter.Perf.Results;

/// <summary>Where the bench stands: budgets and results belong to the source tree.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Budgets => Path.Combine(Root, "perf", "budgets.json");

    /// <summary>Committed figures.</summary>
    public static string Results => Path.Combine(Root, "perf", "results");

    /// <summary>Scratch, ignored by git.</summary>
    public static string Scratch => Path.Combine(Root, "perf", "out");

    public static string Commit()
    {
        var commit = Git("rev-parse --short HEAD");
        return commit.Length == 0 ? "unknown" : commit + (Git("status --porcelain -uno").Length > 0 ? "+" : "");
    }

    private static string Git(string arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", arguments)
            {
                WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : "";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }

    private static string FindRoot()
    {
        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
            {
                if (File.Exists(Path.Combine(directory.FullName, "StreamSegmenter.sln")))
                {
                    return directory.FullName;
                }
            }
        }

        throw new InvalidOperationException("StreamSegmenter.sln is neither above the current folder nor above the program; start the bench inside the repository");
    }
}
