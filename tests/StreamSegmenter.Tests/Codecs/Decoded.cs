using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Tests.Codecs;

/// <summary>Records decoded for a test, with their texts as strings.</summary>
internal sealed class Decoded
{
    public EventBatch Batch { get; } = new();

    public DecodeOutcome Outcome { get; private set; }

    public int Count => Batch.Count;

    public StorefrontEvent this[int index] => Batch[index];

    public StorefrontEvent Only => Count == 1 ? Batch[0] : throw new InvalidOperationException($"{Count} events; {Outcome.Reason}");

    public static Decoded Json(string json, InputMapping? mapping = null, long timestampMs = -1, string key = "") =>
        Json(Encoding.UTF8.GetBytes(json), mapping, timestampMs, key);

    public static Decoded Json(byte[] json, InputMapping? mapping = null, long timestampMs = -1, string key = "")
    {
        var decoded = new Decoded();
        decoded.Decode(new JsonEventDecoder(CompiledMapping.Of(mapping ?? InputMapping.Default)), json, timestampMs, key);
        return decoded;
    }

    public static Decoded Csv(string header, string line, InputMapping? mapping = null, char delimiter = ',')
    {
        var options = new CsvOptions { Delimiter = delimiter };
        var decoder = CsvEventDecoder.CreateFromHeader(
            Encoding.UTF8.GetBytes(header), CompiledMapping.Of(mapping ?? InputMapping.Default), options, out var problem);
        var decoded = new Decoded();
        decoded.Decode(decoder ?? throw new InvalidOperationException(problem), Encoding.UTF8.GetBytes(line));
        return decoded;
    }

    public static InputMapping Map(params (string Field, string Source)[] fields) =>
        new() { Fields = fields.ToImmutableDictionary(pair => pair.Field, pair => (FieldMapping)pair.Source) };

    public void Decode(IRecordDecoder decoder, byte[] value, long timestampMs = -1, string key = "")
    {
        var record = new SourceRecord
        {
            Input = 3, Partition = 2, Offset = 17, TimestampMs = timestampMs, Key = Encoding.UTF8.GetBytes(key), Value = value,
        };
        Outcome = decoder.Decode(in record, Batch);
    }

    public string Text(Func<StorefrontEvent, Slice> field, int index = 0) =>
        Encoding.UTF8.GetString(Batch.Text(in Batch[index], field(Batch[index])));

    /// <summary>The properties in order, as <c>name=text:red size=number:4 new=boolean:true</c>.</summary>
    public string Properties(int index = 0)
    {
        var text = new StringBuilder();
        var reader = Batch.Properties(in Batch[index]);
        while (reader.Read())
        {
            var value = reader.Kind switch
            {
                PropertyKind.Text => "text:" + Encoding.UTF8.GetString(reader.Text),
                PropertyKind.Number => "number:" + reader.Number.ToString("R", CultureInfo.InvariantCulture),
                _ => "boolean:" + (reader.Boolean ? "true" : "false"),
            };
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? " " : "")}{Encoding.UTF8.GetString(reader.Name)}={value}");
        }

        return text.ToString();
    }
}
