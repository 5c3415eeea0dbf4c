using System.Buffers;
using StreamSegmenter.Connectors.Codecs;
using StreamSegmenter.Connectors.Replay;

namespace StreamSegmenter.Host.Running;

/// <summary>Writes what a replay found: one JSON object per line, a file per kind of result, <c>summary.json</c> last. A file
/// appears under its name when it is complete: a replay that is cut off leaves no half results.</summary>
internal sealed class ReplayFiles(string folder, IOutputEncoder encoder)
{
    public const string TriggersName = "cart-abandonment.jsonl";
    public const string SuppressedName = "suppressed-triggers.jsonl";
    public const string MembershipName = "segment-membership.jsonl";

    public const string ConversionsName = "conversion-metrics.jsonl";

    private const int BufferBytes = 1 << 20;

    private readonly ArrayBufferWriter<byte> _line = new(BufferBytes / 16);

    /// <exception cref="IOException">The folder cannot be made or a file not be written.</exception>
    public void Write(ReplayResult result)
    {
        Directory.CreateDirectory(folder);
        WriteLines(TriggersName, result.CartAbandoned, encoder.Encode);
        WriteLines(SuppressedName, result.Suppressed, encoder.Encode);
        WriteLines(MembershipName, result.MembershipChanges, encoder.Encode);
        WriteLines(ConversionsName, result.ConversionPanes, encoder.Encode);
        WriteLines("dead-letters.jsonl", result.DeadLetters, encoder.Encode);
        WriteLines("late-events.jsonl", result.LateEvents, encoder.Encode);
        WriteWhole("summary.json", stream => ReplaySummary.Write(result, stream));
    }

    private void WriteLines<T>(string name, IReadOnlyList<T> outputs, Action<T, IBufferWriter<byte>> encode) =>
        WriteWhole(name, stream =>
        {
            foreach (var output in outputs)
            {
                _line.ResetWrittenCount();
                encode(output, _line);
                _line.Write("\n"u8);
                stream.Write(_line.WrittenSpan);
            }
        });

    private void WriteWhole(string name, Action<Stream> write) => WriteWhole(folder, name, write);

    /// <summary>A file that is there once it is whole.</summary>
    public static void WriteWhole(string folder, string name, Action<Stream> write)
    {
        var path = Path.Combine(folder, name);
        var unfinished = path + ".unfinished";
        using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
        {
            write(stream);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
