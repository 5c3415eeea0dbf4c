using System.Diagnostics;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Scripts;

/// <summary>The functions of <c>eng/</c> in a repository of their own, with a <c>dotnet</c> that does what the test says.</summary>
internal sealed class BuildScript : IDisposable
{
    private const string Nobody = "65534";

    public BuildScript()
    {
        Directory.CreateDirectory(PathOf("bin"));
        Directory.CreateDirectory(PathOf("artifacts/logs"));

        // A user without rights has to be able to look.
        Allow("u=rwx,o=rx", Root);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("streamsegmenter-build-").FullName;

    public string PathOf(string path) => Path.Combine(Root, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>The program that the scripts call <c>dotnet</c>.</summary>
    public void Dotnet(string script)
    {
        Write("bin/dotnet", "#!/usr/bin/env bash\n" + script);
        Allow("u=rwx,o=rx", PathOf("bin/dotnet"));
    }

    /// <returns>The exit code, and both outputs in one.</returns>
    public (int ExitCode, string Output) Run(string commands, bool asAnother = false)
    {
        var eng = RepositoryFiles.PathOf("eng");
        var script = $"""
            set -euo pipefail
            ROOT='{Root}'; cd "$ROOT"; PATH="$ROOT/bin:$PATH"
            . '{eng}/say.sh'; . '{eng}/setup.sh'; . '{eng}/tests.sh'
            {commands}
            """;
        string[] command = asAnother && Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", "bash", "-c", script]
            : ["bash", "-c", script];
        using var bash = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = bash.StandardError.ReadToEndAsync();
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return (bash.ExitCode, output + error.Result);
    }

    /// <param name="mode">As chmod takes it.</param>
    public static void Allow(string mode, string path)
    {
        using var chmod = Process.Start("chmod", [mode, path]);
        chmod.WaitForExit();
    }

    public void Dispose()
    {
        Allow("u=rwx", Root);
        Directory.Delete(Root, recursive: true);
    }
}
