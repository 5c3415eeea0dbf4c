using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamSegmenter.Engine.State;

namespace StreamSegmenter.Engine.Checkpoints;

/// <summary>What makes a data file a checkpoint: written last, once the data were read back and verified. A small text file:
/// one line of JSON, and a line <c>crc32c xxxxxxxx</c> with the checksum of the first, line end included.</summary>
/// <param name="Changelog">The topic whose lines from <paramref name="Position"/> on complete the state.</param>
/// <param name="CreatedMs">When the copy began, epoch milliseconds: its age counts from here.</param>
/// <param name="File">Name of the data file, in the same directory.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Checksum">CRC-32C of all its bytes.</param>
/// <param name="Records">How many it holds: older versions of a key and deletions included.</param>
/// <param name="Layout">The definitions' layout when it was written. Says, does not bind: every customer's record names its own.</param>
/// <param name="Inputs">Their names, in order; says, does not bind.</param>
internal sealed record CheckpointManifest(
    string Changelog, int Partition, long Position, long CreatedMs, string File, long Bytes, uint Checksum, long Records, uint Layout,
    IReadOnlyList<string> Inputs)
{
    public const int BytesMax = 256 * 1024;

    /// <summary>1: other hashes in the customers' records, see <see cref="Customers.CustomerRecord.FormatVersion"/>.</summary>
    private const int Format = 2;

    /// <summary>Which topic of the name <see cref="Changelog"/> it goes with, see <see cref="Contracts.ILaneSink.ChangelogId"/>; empty: not
    /// known, as in those that were written before it was recorded.</summary>
    public string ChangelogId { get; init; } = "";

    public byte[] Encode()
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("changelog", Changelog);
            json.WriteString("changelogId", ChangelogId);
            json.WriteNumber("partition", Partition);
            json.WriteNumber("position", Position);
            json.WriteNumber("createdMs", CreatedMs);
            json.WriteString("file", File);
            json.WriteNumber("bytes", Bytes);
            json.WriteString("crc32c", Hex(Checksum));
            json.WriteNumber("records", Records);
            json.WriteString("layout", Hex(Layout));
            json.WriteStartArray("inputs");
            foreach (var input in Inputs)
            {
                json.WriteStringValue(input);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        text.Write("\n"u8);
        text.Write(LastLine(text.WrittenSpan));
        return text.WrittenSpan.ToArray();
    }

    /// <exception cref="CheckpointDamagedException">These bytes are not what was written.</exception>
    public static CheckpointManifest Decode(ReadOnlySpan<byte> stored)
    {
        var end = stored.IndexOf((byte)'\n') + 1;
        if (end == 0 || !stored[end..].SequenceEqual(LastLine(stored[..end])))
        {
            throw new CheckpointDamagedException(
                0, stored.IsEmpty ? "the manifest is empty" : "the manifest does not match its own checksum");
        }

        try
        {
            var json = new Utf8JsonReader(stored[..end]);
            using var document = JsonDocument.ParseValue(ref json);
            var root = document.RootElement;
            var format = root.GetProperty("format").GetInt32();
            return format != Format
                ? throw new CheckpointDamagedException(0, $"the manifest has format {format}; this program reads format {Format}")
                : new CheckpointManifest(
                    root.GetProperty("changelog").GetString()!, root.GetProperty("partition").GetInt32(),
                    root.GetProperty("position").GetInt64(), root.GetProperty("createdMs").GetInt64(), root.GetProperty("file").GetString()!,
                    root.GetProperty("bytes").GetInt64(), FromHex(root.GetProperty("crc32c").GetString()!),
                    root.GetProperty("records").GetInt64(), FromHex(root.GetProperty("layout").GetString()!),
                    [.. root.GetProperty("inputs").EnumerateArray().Select(input => input.GetString()!)])
                {
                    ChangelogId = root.TryGetProperty("changelogId", out var id) ? id.GetString()! : "",
                };
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CheckpointDamagedException(0, "the manifest is of another program: " + e.Message);
        }
    }

    private static byte[] LastLine(ReadOnlySpan<byte> line) => Encoding.ASCII.GetBytes($"crc32c {Hex(Crc32C.Of(line))}\n");

    private static string Hex(uint number) => number.ToString("x8", CultureInfo.InvariantCulture);

    private static uint FromHex(string text) => uint.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
