using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace StreamSegmenter.Perf.Results;

/// <summary>The machine that the figures belong to; a figure without it means nothing.</summary>
/// <param name="LoadAverage">Runnable threads over the minute before the run: beyond the cores, others were at work and the
/// times are worse than the machine's.</param>
internal sealed record Machine(string Processor, int Cores, double MemoryGibibytes, string System, string Runtime, double LoadAverage)
{
    public static Machine Describe() => new(
        FirstValue("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        LoadNow());

    /// <summary>For a file's name: <c>amd-epyc-2-cores</c>.</summary>
    [JsonIgnore]
    public string Slug
    {
        get
        {
            var words = Processor.ToLowerInvariant().Split([' ', '(', ')', '@', '.', ',', '/'], StringSplitOptions.RemoveEmptyEntries);
            return string.Create(CultureInfo.InvariantCulture, $"{string.Join('-', words.Take(3))}-{Cores}-cores");
        }
    }

    private static double LoadNow() => File.Exists("/proc/loadavg")
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;

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
