using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StreamSegmenter.Engine.Checkpoints;
using StreamSegmenter.Host.Commands;

namespace StreamSegmenter.Host.State;

/// <summary><c>state verify</c>: reads every byte of every checkpoint and reports which ones a restore would use.</summary>
internal static class StateVerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "verify",
            "Read every checkpoint in a folder and below it to the last byte, and report whether each is as it was written. Writes "
            + "nothing; the engine may run meanwhile. Exit code 1 when one is damaged, or when there is none.",
            "streamsegmenter state verify /var/lib/streamsegmenter");
        var folder = new Argument<string>("folder") { Description = "The engine.stateDirectory, or one shard's folder in it." };
        command.Arguments.Add(folder);
        var json = JsonOption.Create();
        command.Options.Add(json);
        command.SetAction(parsed => parsed.GetValue(json) ? RunJson(parsed.GetValue(folder)!, terminal) : Run(parsed.GetValue(folder)!, terminal));
        return command;
    }

    private static int Run(string folder, Terminal terminal)
    {
        RequireFolder(folder);
        var checkpoints = 0;
        var damaged = 0;
        foreach (var report in CheckpointArchive.Verify(folder))
        {
            checkpoints++;
            damaged += report.Fault is null ? 0 : 1;
            terminal.Out.WriteLine(Path.GetRelativePath(folder, report.Path));
            if (report.Partition >= 0)
            {
                terminal.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  partition {report.Partition} of {report.Changelog} at offset {report.Position}, {TimeText.Show(report.CreatedMs)}, "
                    + $"{report.Records:N0} records, {report.Bytes:N0} bytes"));
            }

            var place = report.FaultOffset is { } offset ? string.Create(CultureInfo.InvariantCulture, $" at byte {offset}") : "";
            terminal.Out.WriteLine(report.Fault is null ? "  OK" : $"  DAMAGED{place}: {report.Fault}");
        }

        if (checkpoints == 0)
        {
            throw new CommandFailure(
                $"there is no checkpoint in '{folder}'. The engine writes the first some minutes after it started, where engine.stateDirectory is set.");
        }

        terminal.Out.WriteLine(damaged == 0
            ? $"{Count(checkpoints)}, all as they were written"
            : $"{Count(checkpoints)}, {damaged} damaged: the engine does not use those, and restores from others or from the changelog");
        return damaged == 0 ? ExitCode.Fine : ExitCode.Failed;
    }

    /// <summary>The same as one array, which may be empty; the same exit codes.</summary>
    private static int RunJson(string folder, Terminal terminal)
    {
        RequireFolder(folder);
        var reports = CheckpointArchive.Verify(folder).ToList();
        var items = new JsonArray([.. reports.Select(report => new JsonObject
        {
            ["path"] = Path.GetRelativePath(folder, report.Path),
            ["partition"] = report.Partition < 0 ? null : report.Partition,
            ["changelog"] = report.Changelog,
            ["position"] = report.Position,
            ["records"] = report.Records,
            ["bytes"] = report.Bytes,
            ["fault"] = report.Fault,
            ["faultOffset"] = report.FaultOffset,
        })]);
        terminal.Out.WriteLine(items.ToJsonString());
        return reports.Count > 0 && reports.TrueForAll(report => report.Fault is null) ? ExitCode.Fine : ExitCode.Failed;
    }

    private static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new CommandFailure($"there is no folder '{folder}'. Name the engine.stateDirectory of the configuration.", ExitCode.Usage);
        }
    }

    private static string Count(int checkpoints) => checkpoints == 1 ? "1 checkpoint" : $"{checkpoints} checkpoints";
}
