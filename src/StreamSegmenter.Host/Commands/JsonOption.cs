using System.CommandLine;

namespace StreamSegmenter.Host.Commands;

/// <summary>The option <c>--json</c>, the same for every command that has it.</summary>
internal static class JsonOption
{
    public static Option<bool> Create() => CheckedOption.Flag("--json", "Write JSON, for scripts.");
}
