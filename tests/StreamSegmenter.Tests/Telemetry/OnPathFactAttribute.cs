namespace StreamSegmenter.Tests.Telemetry;

/// <summary>A test that needs a program of Debian's package <c>prometheus</c>; skipped with a clear message where it is missing.</summary>
internal sealed class OnPathFactAttribute : FactAttribute
{
    public OnPathFactAttribute(string program)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            Skip = $"needs {program} on the PATH (Debian: apt-get install --no-install-recommends prometheus)";
        }
    }
}
