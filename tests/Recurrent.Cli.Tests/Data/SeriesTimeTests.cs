using System.Text;
using Recurrent.Cli.Data;

namespace Recurrent.Cli.Tests.Data;

public sealed class SeriesTimeTests
{
    [Theory]
    [InlineData("1700 1701 1702", "P1Y", "1703", "1705")]
    [InlineData("2020-11 2020-12 2021-01", "P1M", "2021-02", "2021-04")]
    [InlineData("2020-10-31 2020-11-30 2020-12-31", "P1M", "2021-01-31", "2021-03-31")]
    [InlineData("2020-02-27 2020-02-28 2020-02-29", "P1D", "2020-03-01", "2020-03-03")]
    [InlineData("01.01.2020 08.01.2020 15.01.2020", "P7D", "22.01.2020", "05.02.2020")]
    [InlineData("2020-01-01T22:00 2020-01-01T23:00 2020-01-02T00:00", "PT1H", "2020-01-02T01:00", "2020-01-02T03:00")]
    [InlineData("2020-01-01 2020-01-02 2020-01-05", null, "+1", "+3")]
    [InlineData("30.12.2019 31.12.2019 1.1.2020", "P1D", "2.1.2020", "4.1.2020")]
    [InlineData("12/30/2019 12/31/2019 1/1/2020", "P1D", "1/2/2020", "1/4/2020")]
    [InlineData("01/11/2019 01/12/2019 01/01/2020", "P1M", "01/02/2020", "01/04/2020")]
    [InlineData("01/02/2020 01/03/2020 01/04/2020", "P1D", "01/05/2020", "01/07/2020")]
    [InlineData("20191230 20191231 20200101", "P1D", "20200102", "20200104")]
    [InlineData("2020-01-01T22:00:00Z 2020-01-01T23:00:00Z 2020-01-02T00:00:00Z", "PT1H", "2020-01-02T01:00:00Z", "2020-01-02T03:00:00Z")]
    [InlineData(
        "2020-01-01T22:00:00.500+02:00 2020-01-01T22:00:00.750+02:00", "PT0.25S", "2020-01-01T22:00:01.000+02:00",
        "2020-01-01T22:00:01.500+02:00")]
    public void Dates_go_on_as_they_are_written(string dates, string? step, string next, string third)
    {
        SeriesTime time = Parse(dates.Split(' '))!;

        Assert.Equal((step, next, third), (time.Step, time.Label(1), time.Label(3)));
    }

    [Fact]
    public void A_column_of_other_things_has_no_dates()
    {
        Assert.Null(Parse("Mo", "Tu", "We"));
        Assert.Null(Parse("1200", "1900", "1300"));
        Assert.Null(Parse("2020-01-01", "", "2020-01-03"));
        Assert.Null(Parse("20200101", "20200103", "20200102"));
        Assert.Null(Parse("1577836800", "1577836802", "1577836801"));
    }

    [Theory]
    [InlineData("2020-01-03", "2020-01-02", "2020-01-01")]
    [InlineData("2020-01-01", "2020-01-03", "2020-01-02")]
    [InlineData("2020-01-01", "2020-01-01", "2020-01-02")]
    [InlineData("1990", "1989", "1988")]
    [InlineData("3.1.2020", "2.1.2020", "1.1.2020")]
    [InlineData("1/3/2020", "1/2/2020", "1/1/2020")]
    [InlineData("\"Jan 3, 2020\"", "\"Jan 2, 2020\"", "\"Jan 1, 2020\"")]
    [InlineData("20200103", "20200102", "20200101")]
    [InlineData("2020-01-03T00:00:00Z", "2020-01-02T00:00:00Z", "2020-01-01T00:00:00Z")]
    [InlineData("2020-01-03 04:00:00.000", "2020-01-02 04:00:00.000", "2020-01-01 04:00:00.000")]
    [InlineData("2020-01-03 04:00:00+00:00", "2020-01-02 04:00:00+00:00", "2020-01-01 04:00:00+00:00")]
    [InlineData("1577836802", "1577836801", "1577836800")]
    public void Dates_that_fall_are_refused_by_line(params string[] dates)
    {
        DataFormatException refusal = Assert.Throws<DataFormatException>(() => Parse(dates));

        Assert.StartsWith("line ", refusal.Message);
        Assert.Contains("day", refusal.Message);
        Assert.Contains("oldest first", refusal.Message);
    }

    [Fact]
    public void A_date_that_comes_twice_is_named()
    {
        DataFormatException refusal = Assert.Throws<DataFormatException>(
            () => Parse("2020-01-01", "2020-01-02", "2020-01-02"));

        Assert.Contains("line 4, day: ", refusal.Message);
        Assert.Contains("found 2020-01-02 twice", refusal.Message);
        Assert.DoesNotContain("Sort", refusal.Message);
    }

    [Fact]
    public void A_name_that_two_columns_have_is_refused()
    {
        DataFormatException refusal = Assert.Throws<DataFormatException>(
            () => SeriesFile.Parse("a,a\n1,2\n3,4\n"u8, ["a"]));

        Assert.Contains("'a' 2 times", refusal.Message);
        SeriesTable second = SeriesFile.Parse("a,a\n1,2\n3,4\n"u8, ["2"]);
        Assert.Equal([2, 4], second.Values);
        Assert.Equal(["column 2"], second.Names);
    }

    private static SeriesTime? Parse(params string[] dates)
    {
        string text = "day,value\n" + string.Concat(dates.Select((date, i) => $"{date},{i}\n"));
        return SeriesFile.Parse(Encoding.UTF8.GetBytes(text), ["value"]).Time;
    }
}
