using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamSegmenter.Customers;
using StreamSegmenter.Engine.State;
using StreamSegmenter.Folding;
using StreamSegmenter.Host.Commands;
using StreamSegmenter.Host.Explain;

namespace StreamSegmenter.Host.State;

/// <summary>One line of exported state. A customer's line is readable: it has the state as <c>explain --json</c> shows it. Every line
/// carries <c>key</c> and <c>value</c>, the changelog's own bytes in base64, from which it is imported; those of the other kinds
/// (<c>shard</c>, <c>pane</c>, <c>layout</c>) carry little else.</summary>
internal static class StateLine
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string OfCustomer(int partition, byte[] key, byte[] value, CustomerFold fold, RecordLayouts layouts)
    {
        var record = new CustomerRecord();
        record.Load(value, layouts);
        var line = ExplanationJson.State(fold.Describe(record, key.AsSpan(1)), record.Header.ClockMs);
        line.Insert(0, "kind", "customer");
        line.Insert(1, "partition", partition);
        return WithBytes(line, key, value);
    }

    public static string OfOther(int partition, byte[] key, byte[] value) => WithBytes(
        new JsonObject { ["kind"] = KindOf(key), ["partition"] = partition }, key, value);

    /// <exception cref="CommandFailure">This is no line of an export.</exception>
    public static (int Partition, byte[] Key, byte[] Value) Parse(string line, string file, long number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var partition = json.RootElement.GetProperty("partition").GetInt32();
            var key = json.RootElement.GetProperty("key").GetBytesFromBase64();
            var value = json.RootElement.GetProperty("value").GetBytesFromBase64();
            if (key.Length > 0 && value.Length > 0 && partition >= 0 && json.RootElement.GetProperty("kind").GetString() == KindOf(key))
            {
                return (partition, key, value);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new CommandFailure($"{file}:{number}: this is no line of 'state export': {e.Message}");
        }

        throw new CommandFailure($"{file}:{number}: this is no line of 'state export': its kind and its key contradict each other");
    }

    private static string KindOf(byte[] key) => key[0] switch
    {
        StateKey.Shard => "shard",
        StateKey.Customer => "customer",
        StateKey.Pane => "pane",
        StateKey.WholePane => "whole-pane",
        StateKey.Layout => "layout",
        _ => "other",
    };

    private static string WithBytes(JsonObject line, byte[] key, byte[] value)
    {
        line["key"] = Convert.ToBase64String(key);
        line["value"] = Convert.ToBase64String(value);
        return line.ToJsonString(Options);
    }
}
