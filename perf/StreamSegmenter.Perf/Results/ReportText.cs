using System.Globalization;
using System.Text;

namespace StreamSegmenter.Perf.Results;

/// <summary>The results as a Markdown page, which is also what the terminal shows.</summary>
internal static class ReportText
{
    public static string Markdown(BenchResults results, IReadOnlyList<string> ratios)
    {
        var text = new StringBuilder();
        var machine = results.Machine;
        text.Append(Invariant($"# Bench, {results.At:yyyy-MM-dd}{(results.Quick ? " (quick)" : "")}\n\n"));
        text.Append(Invariant($"{machine.Processor}, {machine.Cores} cores, {machine.MemoryGibibytes} GiB · {machine.System} · {machine.Runtime} · commit {results.Commit}\n"));
        Load(text, results.Load);
        if (ratios.Count > 0)
        {
            text.Append("\n## Ratios\n\n");
            foreach (var ratio in ratios)
            {
                text.Append("* ").Append(ratio).Append('\n');
            }
        }

        Micro(text, results.Micro);
        return text.ToString();
    }

    private static void Load(StringBuilder text, IReadOnlyList<LoadResult> loads)
    {
        if (loads.Count == 0)
        {
            return;
        }

        text.Append("\n## Load\n\nCPU is that of the measured process with all its threads; `memory` reads the records from memory and discards the\n");
        text.Append("outputs (the engine alone), `kafka` goes through a broker in another process. Outputs are those of the whole run, warm-up\nincluded.\n\n");
        var rows = new List<string[]> { new[] { "load", "events", "CPU µs/event", "± µs", "events/s per core", "events/s", "bytes/event", "gen 2", "MiB", "outputs" } };
        rows.AddRange(loads.Select(load => new[]
        {
            load.Name, Invariant($"{load.Events:N0}"), Invariant($"{load.CpuMicrosecondsPerEvent:0.000}"),
            Invariant($"{load.SpreadMicroseconds / 2:0.000}"), Invariant($"{load.EventsPerSecondPerCore:N0}"), Invariant($"{load.EventsPerSecond:N0}"),
            Invariant($"{load.ManagedBytesPerEvent:0.0}"), Invariant($"{load.Gen2Collections}"), Invariant($"{load.ResidentMebibytesMax:N0}"),
            string.Join(", ", load.Outputs.Select(output => Invariant($"{output.Value:N0} {output.Key}"))),
        }));
        Table(text, rows);
    }

    private static void Micro(StringBuilder text, IReadOnlyList<MicroResult> micros)
    {
        if (micros.Count == 0)
        {
            return;
        }

        text.Append("\n## Micro-benchmarks\n\n");
        var rows = new List<string[]> { new[] { "benchmark", "ns/op", "± ns", "bytes/op" } };
        rows.AddRange(micros.Select(micro => new[]
        {
            micro.Name, Invariant($"{micro.Nanoseconds:0.0}"), Invariant($"{micro.ErrorNanoseconds:0.0}"), Invariant($"{micro.AllocatedBytes:0.##}"),
        }));
        Table(text, rows);
    }

    private static void Table(StringBuilder text, List<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        for (var i = 0; i < rows.Count; i++)
        {
            Row(text, rows[i].Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column])));
            if (i == 0)
            {
                Row(text, widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ":"));
            }
        }
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
