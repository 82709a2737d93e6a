/// Every kind of call there is. A new route names one of these or adds one here and its rule in ``AccessPolicy``.
///
/// The raw value is `<what>.<does>`, fit for logs and metrics.
package enum Action: String, Sendable, Hashable, CaseIterable {
    // MARK: Intake: registration, submission, station check
    /// 建档立卡: enter a person on the roster (R21).
    case registerPerson = "person.register"
    case readPerson = "person.read"
    case updatePerson = "person.update"
    case listPersons = "person.list"
    /// Say of two files whether they are one person (R25).
    case settleDoubles = "person.settle_doubles"
    /// Hand in a submission with its materials, by the person or at the counter (R60).
    case submit = "submission.submit"
    case readSubmission = "submission.read"
    case listSubmissions = "submission.list"
    /// The station's check: pass, or return to the applicant (R61–R64).
    case checkSubmission = "submission.check"
    /// Hand in what was returned again (R64, R71).
    case correctSubmission = "submission.correct"
    /// Where is it, whose turn, by when at the latest.
    case readProgress = "progress.read"
    case addMaterial = "material.add"
    /// Photos and signed forms themselves, fetched by the reviewer with their own token (ARCHITECTURE §3.10).
    case readMaterial = "material.read"
    case readStationPlan = "plan.read"
    /// Who has looked at a person's data, and what for.
    case readLooks = "look.read"
    /// What an amendment of the programme changed, and whom it concerns, by id (R149).
    case readRecheck = "programme_recheck.read"
    /// The two forms filled from the file, to be signed (R65).
    case printForm = "form.print"
    /// The signature on a printed form (R66).
    case signForm = "form.sign"
    case readEmptyForm = "form.read"
    /// The base file form, filled in at home before registration (R74, R132).
    case sendBaseForm = "base_form.send"
    case readBaseForm = "base_form.read"
    case listBaseForms = "base_form.list"
    /// Register from it, corrected.
    case takeOverBaseForm = "base_form.take_over"
    /// Put together whom a team visits (R73, R76).
    case makeKit = "kit.make"
    case readKit = "kit.read"
    case listKits = "kit.list"
    /// What a team brought back.
    case uploadVisits = "visit.upload"
    case listComparisons = "comparison.list"
    /// What the departments found about a statement that stands in for papers (N17).
    case settleComparison = "comparison.settle"

    // MARK: Appointments
    /// What is free at a station (R115).
    case readSlots = "slot.read"
    /// Take, move or give up a seat, for oneself or on somebody's behalf (R115, R117).
    case book = "appointment.book"
    case readAppointment = "appointment.read"
    /// The day sheet, check-in, numbers for who simply comes, the desks, the day's account (R116, R150).
    case receivePeople = "appointment.receive"
    /// Tell people whose seat is gone.
    case tellOrphaned = "appointment.tell"
    /// Publish opening hours, desks, closures, collective sessions (R116, R119).
    case changeCapacity = "capacity.change"
    case readCapacity = "capacity.read"
    /// Ask for a seat when one becomes free.
    case joinWaitingList = "waiting_list.join"
    case readWaitingList = "waiting_list.read"
    /// Come to the waiting room before an opening, ask for one's place, and go.
    case joinRoom = "room.join"
    /// How many wait, and what the order was drawn with.
    case readRoom = "room.read"

    /// Compare the count of free seats with the database, and put it right.
    case reconcileSeats = "seat.reconcile"

    // MARK: Verification at the centre
    case listVerifications = "verification.list"
    case readVerification = "verification.read"
    case claimVerification = "verification.claim"
    /// Pass, or return to the station (R80–R82).
    case decideVerification = "verification.decide"

    // MARK: Review at the bureau, decisions of city and province
    case listReviews = "review.list"
    case readReview = "review.read"
    case claimReview = "review.claim"
    /// Initial review: pass, or return to the centre (R83–R85).
    case decideReview = "review.decide"
    /// What the city decided (审核).
    case recordAudit = "audit.record"
    /// What the province took on file (备案).
    case recordFiling = "filing.record"
    case readFigures = "figures.read"
    /// Who decided what about a case; the grounds only for those who decide (R87).
    case readReviewHistory = "review_history.read"
    /// Report upward what only the province may judge, and hold everything back until it has (N21).
    case suspendReview = "review.suspend"
    /// What the province ruled (N21).
    case recordRuling = "ruling.record"
    /// Put an end to a submission, or take a card back (N32).
    case withdrawReview = "review.withdraw"
    /// Rows of lists that say something else than what is recorded.
    case listContradictions = "contradiction.list"
    case settleContradiction = "contradiction.settle"

    // MARK: Key verification (R99–R102)
    /// What is left over, of one's own town or district.
    case listLeftOvers = "recheck.list"
    case readDocket = "docket.read"
    /// Put what is left over on the docket, and conclude an investigation.
    case manageDocket = "docket.manage"
    /// Note what an investigation brought to light.
    case investigate = "docket.investigate"

    // MARK: Issuance: order, batch, parcel, hand-over, delivery
    case listCards = "card.list"
    case readCard = "card.read"
    /// Take orders into a production batch and report them made.
    case produceCards = "card.produce"
    case shipParcel = "parcel.ship"
    case listParcels = "parcel.list"
    /// Sign for a parcel, or refuse it (R88–R93).
    case receiveParcel = "parcel.receive"
    /// Give a station its cards (R91).
    case handOverCards = "card.hand_over"
    case receiveCards = "card.receive"
    /// Put the card into the person's hand (R94–R97).
    case deliverCard = "card.deliver"

    // MARK: Issuance: cards that left the straight path
    /// The production list with names, for the card maker (R20).
    case exportBatch = "batch.read"
    /// The damage report of a refused parcel and what became of its cards (R93).
    case readDamage = "damage.read"
    case readDamagePhoto = "damage_photo.read"
    /// From the centre to the city (R93).
    case reportDamage = "damage.report"
    /// From the city to the province, and its answer (R93).
    case passDamageUp = "damage.pass_up"
    /// Decide what becomes of a card that is being traced.
    case settleTrace = "trace.settle"
    /// A card is not where it should be, or was found.
    case reportMissing = "card.report_missing"
    /// Give cards nobody can be reached for to the next level up (N25).
    case returnCards = "return.send"
    case receiveReturns = "return.receive"
    case listReturns = "return.list"
    /// Loss, found again (N26, N29).
    case reportLoss = "card.report_loss"
    /// Accept a replacement (N27, N28).
    case replaceCard = "card.replace"
    /// Take a void card in (N27, N29, N32).
    case takeBackCard = "card.take_back"
    case readBalance = "balance.read"

    // MARK: Notification
    case readContacts = "contact.read"
    /// Outreach campaigns: made and led (R25, R105).
    case planCampaign = "campaign.plan"
    /// By somebody else than who made it.
    case approveCampaign = "campaign.approve"
    case readCampaign = "campaign.read"
    /// Say what is known of somebody, or sign that everything was tried.
    case accountForPerson = "campaign.account"
    /// Put letters together, and say what became of them.
    case sendLetters = "letter.send"
    /// What a village or a station is asked about somebody.
    case listInquiries = "inquiry.list"
    case answerInquiry = "inquiry.answer"
    /// The words of messages.
    case readTemplates = "template.read"
    case saveTemplate = "template.save"
    /// What the owner of a phone does not want.
    case recordOptOut = "opt_out.record"
    /// What one wants to hear of through WeChat too.
    case subscribeWeChat = "wechat.subscribe"
    /// What people wrote back.
    case readReplies = "reply.read"
    case readNotices = "notice.read"
    /// What calls wait to be made, and when.
    case listCalls = "call.list"
    /// Claim a call, see whom to call, and record what came of it.
    case makeCalls = "call.make"
}
