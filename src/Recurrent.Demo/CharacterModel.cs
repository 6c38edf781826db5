using System.Diagnostics;
using System.Text;
using Recurrent.Layers;
using Recurrent.Plots;
using Recurrent.Shared;
using Recurrent.Training;

namespace Recurrent.Demo;

/// <summary>
/// A character model of this repository's documents: an embedding and two GRU layers with dropout, truncated
/// backpropagation through time, checkpoints. An interrupted run goes on where it was when it is started again.
/// </summary>
internal static class CharacterModel
{
    private const int Units = 160;
    private const int Streams = 16;
    private const int Steps = 64;
    private const int Epochs = 40;
    private const int SampleLength = 400;
    private const string Prompt = "A session of ";

    /// <summary>Trains, samples and prints.</summary>
    /// <param name="textFolder">The folder of the text.</param>
    /// <param name="outputFolder">The folder for the checkpoint and the plot.</param>
    /// <returns>Whether the model is better than a bigram model.</returns>
    public static bool Run(string textFolder, string outputFolder)
    {
        CharacterText text = new(textFolder);
        Sequential layers = new Sequential(text.Alphabet.Length, seed: 1)
            .Embedding(32)
            .Gru(Units)
            .Dropout(0.3f).Gru(Units)
            .Dropout(0.3f).Dense(text.Alphabet.Length);
        using TrainableModel<float> model = layers.ToModel(ModelOutput.EveryStep);

        // The text as 16 streams that are read side by side, 64 characters at a time; states go on from piece to piece.
        (Sequences<float> x, Targets<float> y) = Cut(text.Train, Streams);
        (Sequences<float> validationX, Targets<float> validationY) = Cut(text.Validation, 1);
        (Sequences<float> testX, Targets<float> testY) = Cut(text.Test, 1);
        long pieces = (x.Time + Steps - 1) / Steps;
        model.Compile(
            new Adam(new CosineDecay(4e-3, pieces * Epochs)) { GlobalClipNorm = 1 },
            new SparseCategoricalCrossEntropy(fromLogits: true));

        string checkpoint = Path.Combine(outputFolder, "text-checkpoint.safetensors");
        FitOptions<float> options = new()
        {
            Epochs = Epochs,
            BatchSize = Streams,
            TruncatedSteps = Steps,
            Shuffle = false,
            ValidationData = (validationX, validationY),
            Callbacks =
            [
                new EarlyStopping(patience: 10, restoreBestWeights: true),
                new ModelCheckpoint(checkpoint, everyBatches: 100),
            ],
        };
        Console.WriteLine(
            $"{text.Train.Length} characters of {text.Alphabet.Length} kinds, {model.ParameterCount} parameters");
        long begin = Stopwatch.GetTimestamp();
        History history = GoOn(checkpoint, resumed => TrainingBar.Show(
            Console.Out, progress => model.Fit(x, y, options with { Resume = resumed, Progress = progress })));
        TimeSpan taken = Stopwatch.GetElapsedTime(begin);
        File.Delete(checkpoint);

        string plot = Path.Combine(outputFolder, "text-loss.svg");
        LossPlot.Of(
            "Character model of this repository's documents", "cross-entropy, nats per character",
            history["loss"], history["val_loss"]).Save(plot);
        double bits = model.Evaluate(testX, testY, steps: Steps)["loss"] / Math.Log(2);
        double bigram = text.BigramBits();
        Console.WriteLine($"""
                training      {history.Epochs} epochs in {taken.TotalSeconds:F0} s
                held out      {bits:F3} bits a character; a bigram model {bigram:F3}
                plot          {plot}

            """);
        using RecurrentModel trained = RecurrentModel.Create(model.ToDefinition());
        foreach (float temperature in (float[])[0.5f, 0.8f])
        {
            Console.WriteLine($"--- sampled at temperature {temperature}");
            Console.WriteLine(Sample(trained, text, temperature));
        }

        return bits < bigram;
    }

    /// <summary>Goes on from a checkpoint; anew if there is none, or one of another text, model or machine.</summary>
    private static History GoOn(string checkpoint, Func<TrainingCheckpoint?, History> fit)
    {
        if (File.Exists(checkpoint))
        {
            try
            {
                var state = TrainingCheckpoint.Load(checkpoint);
                Console.WriteLine($"going on in epoch {state.Epoch + 1}");
                return fit(state);
            }
            catch (InvalidDataException exception)
            {
                string aside = checkpoint + ".old";
                File.Move(checkpoint, aside, overwrite: true);
                Console.WriteLine($"{exception.Message} It is kept as {aside}; training begins anew.");
            }
        }

        return fit(null);
    }

    /// <summary>Streams of equal length, and for each character the one after it.</summary>
    private static (Sequences<float> X, Targets<float> Y) Cut(int[] text, int streams)
    {
        int length = (text.Length - 1) / streams;
        var x = new int[streams * length];
        var y = new int[streams * length];
        for (int stream = 0; stream < streams; stream++)
        {
            text.AsSpan(stream * length, length).CopyTo(x.AsSpan(stream * length));
            text.AsSpan((stream * length) + 1, length).CopyTo(y.AsSpan(stream * length));
        }

        return (Sequences.OfIndices<float>(x, streams), Targets.OfClasses<float>(y));
    }

    /// <summary>Draws one character after the other, from logits divided by the temperature.</summary>
    private static string Sample(RecurrentModel model, CharacterText text, float temperature)
    {
        using Session session = model.OpenSession();
        SeededRandom random = new(7);
        float[] logits = new float[text.Alphabet.Length];
        foreach (char c in Prompt)
        {
            session.StepIndices([Math.Max(Array.IndexOf(text.Alphabet, c), 0)], logits);
        }

        StringBuilder sampled = new(Prompt);
        for (int i = 0; i < SampleLength; i++)
        {
            int character = Draw(logits, temperature, random);
            sampled.Append(text.Alphabet[character]);
            session.StepIndices([character], logits);
        }

        return sampled.ToString();
    }

    private static int Draw(float[] logits, float temperature, SeededRandom random)
    {
        double largest = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp((logit - largest) / temperature))];
        double left = random.NextDouble() * weights.Sum();
        int drawn = 0;
        while (drawn < weights.Length - 1 && (left -= weights[drawn]) > 0)
        {
            drawn++;
        }

        return drawn;
    }
}
