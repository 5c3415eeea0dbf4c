using System.Text;
using StreamSegmenter.Connectors.Codecs.Csv;
using StreamSegmenter.Connectors.Codecs.Json;
using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Generator;
using StreamSegmenter.Events;
using StreamSegmenter.Tests.Codecs;

namespace StreamSegmenter.Tests.Generator;

public sealed class GeneratedEventWriterTests
{
    [Fact]
    public void An_event_as_JSON()
    {
        var e = new GeneratedEvent
        {
            Id = 0xABC, EventTimeMs = 1_659_348_000_000, SessionNumber = 7, CartNumber = 7, Customer = 41, Product = 12, Quantity = 2,
            PriceMinor = 3505, Type = GeneratedType.ProductAdded, Device = 1, Channel = 2, Country = 3,
        };
        var category = Storefront.Categories[Storefront.CategoryOf(12)];

        Assert.Equal(
            $$$"""
            {"event_id":"0000000000000abc","event_type":"product_added","event_time":1659348000000,"customer_id":"c42",
            "session_id":"s7","cart_id":"k7","product_id":"p12","category":"{{{category}}}","price":"35.05","currency":"EUR",
            "quantity":2,"properties":{"device":"desktop","channel":"email","country":"ES"}}
            """.ReplaceLineEndings(""),
            Json(e));
    }

    [Theory]
    [InlineData(TrafficMode.Sessions)]
    [InlineData(TrafficMode.Uniform)]
    public void JSON_CSV_and_batch_say_the_same(Enum mode)
    {
        var generator = new StorefrontGenerator(new GeneratorOptions { Mode = (TrafficMode)mode, Customers = 500, OpenSessions = 50 });
        var json = new JsonEventDecoder(CompiledMapping.Of(InputMapping.Default));
        var csv = CsvEventDecoder.CreateFromHeader(
            GeneratedEventWriter.CsvHeader, CompiledMapping.Of(InputMapping.Default), new CsvOptions(), out _)!;
        var line = new byte[GeneratedEventWriter.BytesMax];
        var e = default(GeneratedEvent);
        var batch = new EventBatch();
        var fromJson = new Decoded();
        var fromCsv = new Decoded();
        for (var i = 0; i < 5000; i++)
        {
            generator.Next(ref e);
            batch.Clear();
            fromJson.Batch.Clear();
            fromCsv.Batch.Clear();
            GeneratedEventWriter.Append(in e, batch, 0, 0, 0);
            fromJson.Decode(json, line[..GeneratedEventWriter.WriteJson(in e, line)]);
            fromCsv.Decode(csv, line[..GeneratedEventWriter.WriteCsv(in e, line)]);

            var expected = Describe(batch);
            Assert.Equal(expected, Describe(fromJson.Batch));
            Assert.Equal(expected, Describe(fromCsv.Batch));
        }
    }

    [Fact]
    public void The_key_is_the_customer_or_the_anonymous_id()
    {
        var key = new byte[24];

        Assert.Equal("c1", Encoding.UTF8.GetString(key, 0, GeneratedEventWriter.WriteKey(default, key)));
        Assert.Equal("a10", Encoding.UTF8.GetString(key, 0, GeneratedEventWriter.WriteKey(new GeneratedEvent { Customer = 9, Anonymous = true }, key)));
    }

    [Fact]
    public void The_longest_event_fits_the_stated_bound()
    {
        var e = new GeneratedEvent
        {
            Id = ulong.MaxValue, EventTimeMs = long.MinValue, SessionNumber = long.MaxValue, CartNumber = long.MaxValue,
            OrderNumber = long.MaxValue, Customer = int.MaxValue, Product = int.MaxValue, Quantity = int.MaxValue, PriceMinor = int.MaxValue,
            TotalMinor = int.MaxValue, Type = GeneratedType.CheckoutStepCompleted, Channel = 4, Anonymous = true,
        };

        Assert.InRange(Json(e).Length, 1, GeneratedEventWriter.BytesMax);
    }

    [Fact]
    public void Making_and_writing_allocates_nothing_per_event()
    {
        var generator = new StorefrontGenerator(new GeneratorOptions { DisorderMs = 1000, DuplicateShare = 0.01, OpenSessions = 1000 });
        var line = new byte[GeneratedEventWriter.BytesMax];
        var e = default(GeneratedEvent);
        Make(20_000);

        // The generator's own tables may still grow, now and then.
        Assert.InRange(Allocations.LeastOf(() => Make(1_000)), 0, 1_000);

        void Make(int events)
        {
            for (var i = 0; i < events; i++)
            {
                generator.Next(ref e);
                GeneratedEventWriter.WriteJson(in e, line);
            }
        }
    }

    private static string Json(GeneratedEvent e)
    {
        var line = new byte[GeneratedEventWriter.BytesMax];
        return Encoding.UTF8.GetString(line, 0, GeneratedEventWriter.WriteJson(in e, line));
    }

    private static string Describe(EventBatch batch)
    {
        var e = batch[0];
        var text = new StringBuilder();
        foreach (var slice in new[] { e.EventId, e.CustomerId, e.AnonymousId, e.SessionId, e.CartId, e.OrderId, e.ProductId, e.Category })
        {
            text.Append(Encoding.UTF8.GetString(batch.Text(in e, slice))).Append('|');
        }

        var properties = batch.Properties(in e);
        while (properties.Read())
        {
            text.Append(Encoding.UTF8.GetString(properties.Name)).Append('=').Append(Encoding.UTF8.GetString(properties.Text)).Append('|');
        }

        return text.Append((e.Type, e.EventTimeMs, e.Fields, e.Quantity, e.PriceMinor, e.TotalMinor, e.Currency).ToString()).ToString();
    }
}
