using System.Text;
using StreamSegmenter.Connectors.Codecs.Reading;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Running;

namespace StreamSegmenter.Host.ShopMetrics;

/// <summary>Reads the panes that a replay wrote into its folder.</summary>
internal static class ReplayedMetrics
{
    /// <exception cref="CommandFailure">The file is not there (exit 2), or a line of it is no pane.</exception>
    public static void Read(string folder, MetricsSelection selection)
    {
        var file = Path.Combine(folder, ReplayFiles.ConversionsName);
        if (!File.Exists(file))
        {
            throw new CommandFailure($"--replay: there is no '{file}': name the folder that 'replay --out' wrote", ExitCode.Usage);
        }

        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            selection.Add(OutputReader.ReadPane(Encoding.UTF8.GetBytes(line))
                ?? throw new CommandFailure($"{file}:{number}: this line is no record of conversion metrics: run the replay again"));
        }
    }
}
