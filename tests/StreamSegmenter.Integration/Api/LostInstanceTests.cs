using System.Net;

namespace StreamSegmenter.Integration.Api;

/// <summary>While an instance goes and its partitions move, there is a whole answer or none.</summary>
public sealed class LostInstanceTests(TwoShops shops) : IClassFixture<TwoShops>
{
    [Fact]
    public async Task While_partitions_move_the_answer_is_503_or_right_and_at_the_end_the_one_that_is_left_has_all()
    {
        var left = shops.Clients[1];
        shops.Stop(0);
        var codes = new SortedDictionary<HttpStatusCode, int>();
        var whole = 0;
        var until = Environment.TickCount64 + 90_000;
        while (whole < 5 && Environment.TickCount64 < until)
        {
            using var sizes = await left.GetAsync("/api/v1/segments");
            codes[sizes.StatusCode] = codes.GetValueOrDefault(sizes.StatusCode) + 1;
            if (sizes.StatusCode == HttpStatusCode.OK)
            {
                Assert.Equal(shops.Ids.Count, TwoShops.SizeOf(System.Text.Json.Nodes.JsonNode.Parse(await sizes.Content.ReadAsStringAsync())!, "viewer"));
                whole = shops.OwnsAll(1) ? whole + 1 : 0;
            }
            else
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, sizes.StatusCode);
                Assert.True(sizes.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            }

            foreach (var id in shops.Ids.Take(8))
            {
                using var customer = await left.GetAsync($"/api/v1/customers/{id}");
                Assert.True(customer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{id}: {customer.StatusCode}");
            }

            await Task.Delay(200);
        }

        Assert.Equal(5, whole);
        Assert.True(codes.GetValueOrDefault(HttpStatusCode.ServiceUnavailable) > 0, string.Join(", ", codes));
    }
}
