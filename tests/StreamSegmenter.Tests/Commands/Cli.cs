using StreamSegmenter.Host;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Tests.Commands;

/// <summary>Runs the program inside the test's process, in a folder of its own.</summary>
internal sealed class Cli : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public string Folder { get; } = Directory.CreateTempSubdirectory("streamsegmenter-commands-").FullName;

    public MemoryStream StandardOutput { get; } = new();

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(CancellationToken stopping, params string[] arguments)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        return CommandLineProgram.RunAsync(arguments, new Terminal
        {
            Out = _out, Error = _error, Time = TimeProvider.System, Environment = _ => null, OpenOutput = () => StandardOutput,
        }, stopping);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
