using System.Globalization;
using System.Runtime.InteropServices;

namespace StreamSegmenter.Perf.Results;

/// <summary>The machine that the figures belong to; a figure without it means nothing.</summary>
internal sealed record Machine(string Processor, int Cores, double MemoryGibibytes, string System, string Runtime)
{
    public static Machine Describe() => new(
        FirstValue("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    /// <summary>For a file's name: <c>amd-epyc-2-cores</c>.</summary>
    public string Slug
    {
        get
        {
            var words = Processor.ToLowerInvariant().Split([' ', '(', ')', '@', '.', ',', '/'], StringSplitOptions.RemoveEmptyEntries);
            return string.Create(CultureInfo.InvariantCulture, $"{string.Join('-', words.Take(3))}-{Cores}-cores");
        }
    }

    private static string? FirstValue(string file, string name)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim();
    }
}
